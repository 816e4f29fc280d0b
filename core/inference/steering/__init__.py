"""Adapters: LoRA and control vectors."""
