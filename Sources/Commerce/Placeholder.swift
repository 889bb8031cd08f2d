// Placeholder of the module Commerce.
