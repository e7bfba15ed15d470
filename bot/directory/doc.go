// Package directory knows the people and the user groups of a workspace.
package directory
