// Placeholder of the module Load.
