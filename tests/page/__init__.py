"""Tests of the page; a package, so that its line can end with the last of them."""
