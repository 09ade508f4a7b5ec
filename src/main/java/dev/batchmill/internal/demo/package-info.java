/** The demo: a handwritten-digits classifier, from a URL to its test accuracy. */
package dev.batchmill.internal.demo;
