"""Evidence of a response to a leak: the recorded session, and the document of what came of it."""
