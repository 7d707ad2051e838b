"""From a finished report to a template: what changes each year is found, decided upon and replaced by names."""
