@console
Feature: The DCDB console
  The list tells where each instance is, what state it is in, and what can be done with it now.

  Rule: Instances are counted and listed under their region

    @P4 @P5 @3.6.11 @pays
    Scenario: Two in Chengdu, none in Guangzhou
      Given the buyer is on the purchase page
      When the buyer buys
        | region   | Chengdu |
        | quantity | 2       |
      And the buyer goes to the console and follows "Cloud Products" > "Basic Products" > "Database" > "Distributed Database"
      Then the tab of Chengdu counts 2 more
      And the tab of Guangzhou counts 0 more
      And the region Guangzhou has none of them

    @E2.1 @3.6.4
    Scenario: Empty
      Given the buyer is logged in at the DCDB console
      Then a region without instances says that it has none

  Rule: The list renews itself while an instance passes, and offers what can be done

    @P5 @3.6.3 @pays @lever-hold @needs-initialisation
    Scenario: From Creating to Uninitialized
      Given instances of the buyer stay Creating when they come to it
      And the buyer bought the documented example
      When the buyer turns to the instance in the console
      Then for the instance is offered: nothing
      When the instances of the buyer go on
      Then the instance comes to Uninitialized by itself

    @P5 @3.6.6 @pays @needs-initialisation
    Scenario: What is offered before and after the initialisation
      Given the buyer bought the documented example
      When the buyer turns to the delivered instance in the console
      Then for the instance is offered: Initialize and Return
      When the buyer takes every instance into use
      Then for the instance is offered: Return

    @P5 @3.6.5 @pays @lever-hold @needs-initialisation
    Scenario: From Initializing to Running
      Given instances of the buyer stay Initializing when they come to it
      And the buyer bought the documented example
      When the buyer brings the instance to Initializing
      And the instances of the buyer go on
      And the buyer turns to the instance in the console
      Then the instance comes to Running by itself
