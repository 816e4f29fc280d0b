"""The panels of Fidelity: judges, interviews, a user's own measures, and lines that are tried before they are said."""
