"""The whole reading of a mail: each part's rules and the learned model, in their order."""
