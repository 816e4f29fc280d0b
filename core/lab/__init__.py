"""The fidelity lab: playtests as measures, judges and interviewers read them, and what they found, as rows."""
