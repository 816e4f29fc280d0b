"""What a person does who runs a scene: lines said as anybody, a role of one's own, and every act of the director."""
