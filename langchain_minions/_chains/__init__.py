"""What the chains are made of."""
