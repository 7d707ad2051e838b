"""The checker of finished documents: wording, numbering, marks and leftovers by standard/lint.yaml, the page and
the fonts by standard/format/gb9704.yaml, and mending of what is mechanical."""
