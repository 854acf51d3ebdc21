"""The rules of the class data, one file each: what it looks at, and when it holds."""
