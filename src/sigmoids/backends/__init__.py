"""The engines: each in a file or folder of its own, imported when first used."""
