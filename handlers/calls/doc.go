// Package calls has the record of one call of an operation: what is stored of it, the digest that binds an approval to it, and the cards that
// show people how it stands. It decides nothing: the pipeline of handlers does.
package calls
