@note
Feature: The note on the purchase page
  Before choosing, a buyer is told what cannot be mended later, and where to read more.

  @N1
  Scenario: Regions cannot communicate with each other
    Given the buyer is on the purchase page
    Then the page notes that products in different regions cannot communicate

  @N1 @3.3.1
  Scenario: The note stays when another region is chosen
    Given the buyer is on the purchase page
    When the buyer chooses
      | region | Shanghai |
    Then the page notes that products in different regions cannot communicate

  @N2 @3.3.4 @3.3.5 @3.3.20
  Scenario Outline: The note links to the <title> document
    Given the buyer is on the purchase page
    Then the page links to the <document> document "<number>"

    Examples:
      | title               | document            | number   |
      | Instance Version    | instance-version    | 237/6918 |
      | Shard Configuration | shard-configuration | 557/9347 |
      | Product Price       | product-price       | 237/2034 |
