"""The letter's own words: a module a language, each as a good editor of it would write."""
