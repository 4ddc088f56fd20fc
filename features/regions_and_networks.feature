@places
Feature: Regions, zones and networks
  Where an instance lives cannot be changed later, so the page offers only what can be had there.

  Rule: Choosing a region takes its first zone on sale

    @P1 @3.3.15 @3.3.18
    Scenario Outline: <region>
      Given the buyer is on the purchase page
      When the buyer chooses
        | region | <region> |
      Then the purchase page has chosen
        | zone | <zone> |
      And nothing that belongs to another choice is offered as "zone"
      And the total fee is <fee>

      Examples:
        | region            | zone                     | fee     |
        | Shanghai          | Shanghai Zone 3          | ¥496.80 |
        | Beijing           | Beijing Zone 3           | ¥496.80 |
        | Chengdu           | Chengdu Zone 1           | ¥386.40 |
        | Chongqing         | Chongqing Zone 1         | ¥386.40 |
        | Hong Kong (China) | Hong Kong (China) Zone 2 | ¥766.80 |

    @P1 @3.3.30
    Scenario: The other choices stay when another region is chosen
      Given the buyer is on the purchase page
      When the buyer chooses
        | instance version    | two replicas |
        | shard specification | 4 GB         |
        | shard quantity      | 4            |
        | disk per shard      | 200 GB       |
        | quantity            | 2            |
        | period              | 3 months     |
      And the buyer chooses
        | region | Shanghai |
      Then the purchase page has chosen
        | instance version    | two replicas    |
        | shard specification | 4 GB            |
        | shard quantity      | 4               |
        | disk per shard      | 200 GB          |
        | quantity            | 2               |
        | period              | 3 months        |
        | zone                | Shanghai Zone 3 |

    @P1 @3.3.30 @3.4.11
    Scenario: Auto-renewal stays when another region is chosen, and after "Back"
      Given the buyer is on the purchase page
      When the buyer chooses
        | auto-renewal | on |
      And the buyer chooses
        | region | Shanghai |
      Then the purchase page has chosen
        | auto-renewal | on |
      When the buyer presses "Purchase Now"
      And the buyer goes back to the purchase page
      Then the purchase page still has chosen
        | region       | Shanghai |
        | auto-renewal | on       |

  Rule: What cannot be had there is shown and cannot be chosen

    @P1 @3.3.31 @buyer-unapproved
    Scenario: Shanghai Finance needs approval
      Given a buyer who is not approved for finance zones
      And the buyer is on the purchase page
      Then "Shanghai Finance" cannot be chosen as "region"

    @P1 @3.3.31 @buyer-approved
    Scenario: Shanghai Finance for an account that is approved
      Given a buyer who is approved for finance zones
      And the buyer is on the purchase page
      When the buyer chooses
        | region | Shanghai Finance |
      Then the purchase page has chosen
        | zone | Shanghai Finance Zone 1 |
      And the total fee is ¥1,164.80

    @P1 @3.3.2
    Scenario: A zone that is sold out
      Given the buyer is on the purchase page
      Then "Guangzhou Zone 4" cannot be chosen as "zone"

  Rule: A VPC is one of the region's own

    @P1 @3.3.3
    Scenario Outline: The VPC of <region> and its subnet with free addresses
      Given the buyer is on the purchase page
      When the buyer chooses
        | region       | <region> |
        | network type | VPC      |
      Then the purchase page has chosen
        | VPC    | <vpc>   |
        | subnet | default |
      And nothing that belongs to another choice is offered as "VPC"

      Examples:
        | region    | vpc           |
        | Guangzhou | guangzhou-vpc |
        | Shanghai  | shanghai-vpc  |

    @P1 @3.3.3 @3.3.30
    Scenario: Another region after a VPC of the first one
      Given the buyer is on the purchase page
      When the buyer chooses
        | network type | VPC |
      Then the purchase page has chosen
        | VPC | guangzhou-vpc |
      When the buyer chooses
        | region | Shanghai |
      Then the purchase page has chosen
        | network type | VPC          |
        | VPC          | shanghai-vpc |
        | subnet       | default      |
      And nothing that belongs to another choice is offered as "VPC"
      And the purchase can go on

    @P1 @3.3.30 @3.3.33
    Scenario: Another region that has no VPC, after a VPC of the first one
      Given the buyer is on the purchase page
      When the buyer chooses
        | network type | VPC |
      Then the purchase can go on
      When the buyer chooses
        | region | Beijing |
      Then the purchase page says "No VPC in this region"
      And the purchase cannot go on

    @P1 @3.3.32
    Scenario: A subnet without a free address
      Given the buyer is on the purchase page
      When the buyer chooses
        | network type | VPC |
      Then "full" cannot be chosen as "subnet"

    @P1 @3.3.33
    Scenario Outline: <region> has no VPC
      Given the buyer is on the purchase page
      When the buyer chooses
        | region       | <region> |
        | network type | VPC      |
      Then the purchase page says "No VPC in this region"
      And the purchase cannot go on

      Examples:
        | region            |
        | Beijing           |
        | Hong Kong (China) |
