// Package network has the operations on network policies and on what pods can reach.
package network
