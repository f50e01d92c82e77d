"""The tables of the dictionary, one kind of declaration in each file; `link.dictionary` joins them."""
