"""The cases, one file a family of functions. Each has `add(book)`."""
