"""Families of cases for frames; each adds its own to the book."""

from frames import daily, groups, scalars, texts, verbs

FAMILIES = (scalars, texts, groups, verbs, daily)
