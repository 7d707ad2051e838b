"""What setup.cfg cannot say: folders of the top level travel inside the package."""

from setuptools import find_packages, setup

SHIPPED = {
    "toolkit.word_templates": "word_templates",
    "toolkit.workbooks": "workbooks",
    "toolkit.docs.handbook.html": "docs/handbook/html",
    "toolkit.docs.images": "docs/images",
}

setup(packages=[*find_packages(include=["toolkit*"]), *SHIPPED], package_dir=SHIPPED)
