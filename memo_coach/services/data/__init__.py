"""What a writer may do with their data as a whole: delete it, take it along, bring it back."""
