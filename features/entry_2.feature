@entry-2
Feature: Entry 2: from the DCDB console
  Whoever has worked with the DCDB console before starts there, and buys the next instance by "New".

  @E2.1
  Scenario: The console asks for the login first
    When the buyer opens the DCDB console without being logged in
    Then the login page opens
    When the buyer logs in there
    Then the DCDB console opens

  @E2.1 @guide
  Scenario: "New" leads to the purchase page
    Given the buyer is logged in at the DCDB console
    When the buyer follows "New"
    Then the purchase page opens in a new tab

  @E2.1 @P1 @P2 @P3 @P4 @P5 @pays @smoke
  Scenario: From the console all the way to a running instance
    Given the buyer came to the purchase page by entry 2
    When the buyer buys the documented example
    Then the payment is successful, for the fee that was shown
    When the buyer goes to the console and follows "Cloud Products" > "Basic Products" > "Database" > "Distributed Database"
    Then the console shows what was bought, as it was chosen, ready to be taken into use
    When the buyer takes every instance into use
    Then every instance is Running
