"""What setup.cfg cannot say: two folders of the top level travel inside the package."""

from setuptools import find_packages, setup

SHIPPED = {"toolkit.word_templates": "word_templates", "toolkit.workbooks": "workbooks"}

setup(packages=[*find_packages(include=["toolkit*"]), *SHIPPED], package_dir=SHIPPED)
