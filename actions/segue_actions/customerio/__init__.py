"""Customer.io, a messaging platform: people, what they do, and deletions, one by one or in batches."""
