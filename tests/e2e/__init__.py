"""What a person does, in a real browser, against the production build."""
