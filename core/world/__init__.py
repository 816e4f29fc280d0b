"""What the app owns of a scene: variables, places, props, facts and beats; what can happen, and what did. Pure."""
