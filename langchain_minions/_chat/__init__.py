"""What the chat model is made of."""
