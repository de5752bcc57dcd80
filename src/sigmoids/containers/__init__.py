"""Kinds of array: how each is taken apart before an engine sees it, and put together after."""
