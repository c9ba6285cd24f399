"""What providers tell us, verified and put into our own words: values in, values out."""
