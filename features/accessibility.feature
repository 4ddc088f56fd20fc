@accessibility
Feature: Accessibility
  Who holds no mouse, or hears a page instead of seeing it, buys like everybody else.

  @3.7.1 @E2.1 @P1 @P2 @P3 @pays
  Scenario: The whole purchase by keyboard alone
    Given a buyer who uses only the keyboard
    When the buyer opens the DCDB console without being logged in
    Then the login page opens, and what keeps people from using it is noted
    When the buyer logs in there
    Then the DCDB console opens, and what keeps people from using it is noted
    When the buyer follows "New"
    Then the purchase page opens, and what keeps people from using it is noted
    When the buyer chooses
      | region           | Shanghai     |
      | instance version | two replicas |
      | disk per shard   | 500 GB       |
      | auto-renewal     | on           |
    And the buyer presses "Purchase Now"
    Then the check page opens, and what keeps people from using it is noted
    And the check page repeats every choice and the total fee
    When the buyer confirms the purchase
    Then the payment is successful, for the fee that was shown
    And the result page opens, and what keeps people from using it is noted
