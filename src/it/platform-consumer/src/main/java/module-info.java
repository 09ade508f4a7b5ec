module consumer {
  requires dev.batchmill;
}
