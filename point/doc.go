// Package point addresses values inside requests and responses.
package point
