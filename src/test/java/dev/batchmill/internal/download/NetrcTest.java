package dev.batchmill.internal.download;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class NetrcTest {
  private static Optional<Netrc.Login> login(String name, String password) {
    return Optional.of(new Netrc.Login(name, password));
  }

  @Test
  void findsMachines() {
    Netrc netrc =
        Netrc.parse(
            """
            # machine c login no password no
            machine a.org
            \tlogin me account x password #1 # the end
            machine A.org login second password no
            macdef init
            cd machine b login no

            machine b login "my self" password "a \\"b\\" #c"
            """);
    assertEquals(login("me", "#1"), netrc.find("A.ORG"));
    assertEquals(login("my self", "a \"b\" #c"), netrc.find("b"));
    assertEquals(Optional.empty(), netrc.find("c"));
  }

  @Test
  void hasALoginForAllOthers() {
    Netrc netrc = Netrc.parse("machine a login x password y default login u password p");
    assertEquals(login("x", "y"), netrc.find("a"));
    assertEquals(login("u", "p"), netrc.find("other"));
  }

  @Test
  void endsAnywhere() {
    for (String text : new String[] {"", "machine", "machine a login", "\"", "# x", "macdef i"}) {
      assertEquals(Optional.empty(), Netrc.parse(text).find("b"));
    }
  }
}
