/** Host memory: allocation, ownership, raw access. */
package dev.batchmill.internal.memory;
