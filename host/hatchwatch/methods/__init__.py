"""Ways of measuring a leak: plans, procedures, estimators, verdicts."""
