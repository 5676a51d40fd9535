"""What forms hold, as values: from a mapping to rows of a form and back, nothing lost."""
