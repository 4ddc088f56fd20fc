@check
Feature: The check page
  The last look before money is spent: what cannot be bought is refused here as well, and nothing of it is left behind.

  Rule: "Back" keeps the choices

    @P1 @P2 @3.4.11
    Scenario: Back and changed
      Given the buyer is on the purchase page
      When the buyer chooses
        | region           | Shanghai        |
        | zone             | Shanghai Zone 4 |
        | network type     | VPC             |
        | instance version | two replicas    |
        | shard quantity   | 4               |
        | disk per shard   | 200 GB          |
        | quantity         | 2               |
        | period           | 3 months        |
      And the buyer presses "Purchase Now"
      And the buyer goes back to the purchase page
      Then the purchase page still has chosen
        | region           | Shanghai        |
        | zone             | Shanghai Zone 4 |
        | network type     | VPC             |
        | instance version | two replicas    |
        | shard quantity   | 4               |
        | disk per shard   | 200 GB          |
        | quantity         | 2               |
        | period           | 3 months        |
      When the buyer chooses
        | disk per shard | 300 GB |
        | quantity       | 1      |
      And the buyer presses "Purchase Now"
      Then the check page repeats every choice and the total fee

  Rule: An address that was edited by hand buys nothing that the page would refuse

    @P2 @3.4.2 @address-check
    Scenario Outline: <field> edited to <value>
      Given the buyer is on the check page of the documented example
      When the buyer edits "<field>" to "<value>" in the check page's address
      Then the check page says "<refusal>"
      And the purchase cannot be confirmed

      Examples:
        | field          | value            | refusal                               |
        | disk per shard | 15 GB            | Enter 10 to 500 GB in steps of 10 GB. |
        | shard quantity | 9                | Enter a number from 2 to 8.           |
        | quantity       | 11               | Enter a number from 1 to 10.          |
        | period         | 13 months        | Choose a period.                      |
        | zone           | Guangzhou Zone 4 | Sold out in this zone                 |
        | zone           | Beijing Zone 3   | Choose a zone of the region.          |

    @P2 @3.4.9 @I7 @address-check
    Scenario Outline: <field> edited to <value>, which could be had
      Given the buyer is on the check page of the documented example
      When the buyer edits "<field>" to "<value>" in the check page's address
      Then what can be confirmed there costs its own price, <fee> as it was edited

      Examples:
        | field    | value    | fee       |
        | quantity | 2        | ¥2,030.40 |
        | period   | 3 months | ¥3,045.60 |

    @P2 @3.4.9 @I5 @buyer-another @address-check
    Scenario: Another buyer opens the check page's address
      Given there is another buyer
      And the other buyer is on the check page of the documented example
      When the buyer opens the address of the other buyer's check page
      Then the page refuses it, or offers what it shows at its own price
      And the other buyer has paid nothing, and could still confirm the purchase

  Rule: Who cannot pay is told why, and the order waits where it can

    @P2 @3.4.3 @3.6.9 @pays @may-unpaid-order @buyer-short-of-money @needs-orders
    Scenario: The balance is below the fee
      Given a buyer who is short of money
      And the buyer is on the check page of the documented example
      When the buyer tries to confirm the purchase
      Then there is an unpaid order, and the check page says "Insufficient balance"
      When the buyer opens the order list
      Then the newest order is Unpaid

    @P2 @3.4.3 @pays @lever-account
    Scenario: A balance of just the fee is enough
      Given a buyer with ¥1,015.20 on the balance
      And the buyer is on the check page of the documented example
      When the buyer confirms the purchase
      Then the payment is successful, for the fee that was shown

    @P2 @3.4.4 @pays @buyer-unverified
    Scenario: The identity is not verified
      Given a buyer whose identity is not verified
      And the buyer is on the check page of the documented example
      When the buyer tries to confirm the purchase
      Then nothing is ordered, and the check page says "Verify your identity before purchasing"

    @P2 @3.4.5 @pays @may-unpaid-order @buyer-without-finance-right @needs-orders
    Scenario: The account may not pay
      Given a buyer who may not pay
      And the buyer is on the check page of the documented example
      When the buyer tries to confirm the purchase
      Then there is an unpaid order, and the check page says "Ask the main account to pay"

  Rule: A zone that sold out meanwhile is not paid for

    @P2 @3.4.7 @pays @lever-sold-out
    Scenario: Sold out between check and confirmation
      Given the buyer is on the check page of the documented example
      When Guangzhou Zone 3 sells out
      And the buyer tries to confirm the purchase
      Then nothing is ordered, and the check page says "Sold out in this zone"
