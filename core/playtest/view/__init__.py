"""What one character perceives, as the chat that its weights read, however long the scene is."""
