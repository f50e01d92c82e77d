"""The PUS services: answers to commands, telemetry, events."""
