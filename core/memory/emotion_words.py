"""Words of feeling, by emotion. Written for Tableread; base forms, see `core.memory.emotion` for how others are met."""

JOY = """
amused amusement amusing beam beautiful bless blessed blessing bliss bright celebrate celebration charm charming cheer
cheerful cheers chuckle comfort comfortable cosy dance darling delicious delight ecstatic elated elation enchanted
enjoy enjoyable enjoyment fabulous fantastic festive fortunate fun funny giggle glad glee glorious glory good gorgeous
grateful gratitude great grin happily happy hilarious hooray hurrah joke jolly joy joyful joyous jubilant kindly kiss
laugh laughter liberty lighthearted love lovely lucky marvellous marvelous merry paradise peaceful playful pleasant
please pleased pleasure precious proud radiant rejoice rejoicing relief relieved serene shine sing smile splendid
sunny sunshine sweet thank thankful thanks thrilled triumph triumphant vivacious warm welcome win wonderful
wonderfully yay
"""

TRUST = """
admiration admire affection agree approve assurance assure belief believe beloved bond care caring certain certainty
companion confide confidence confident depend dependable devote devoted devotion embrace encourage ensure esteem faith
faithful fidelity friend friendly friendship gentle genuine guarantee guardian guidance honest honesty honor honour
hug integrity kind kindness loyal loyalty mend mercy mutual oath partner patient pledge promise protect protection
reassurance reassure reliable rely respect respectful safe safely safety secure security shelter sincere sincerely
sincerity steadfast support sure swear swore sworn teammate tender together true trust trusted trustworthy truth
truthful understand understanding united unity vouch vow
"""

FEAR = """
afraid alarm alarmed anxiety anxious apprehension apprehensive beware careful chill coward cower creepy cringe danger
dangerous dangerously daunt daunting dire doom doomed dread dreadful eerie escape faint fear fearful flee flinch
fright frighten frightened frightening frightful ghastly ghost haunt haunted hazard hesitate hide horrified horrify
horror intimidate intimidated jittery jumpy lurk menace menacing nervous nightmare ominous panic panicked paralysed
paralyzed peril perilous petrified petrify phobia quake quiver risk risky scare scared scary shiver shudder sinister
spook spooky stalk startled suspect suspicion suspicious terrible terrified terrify terrifying terror threat threaten
threatening timid tremble trembling uneasy unsafe vulnerable warn warning worried worry worrying
"""

SURPRISE = """
abrupt abruptly aghast amaze amazed amazement amazing astonish astonished astonishing astonishment astound astounded
astounding baffled bewildered bewilderment disbelief dumbfounded dumbstruck extraordinary flabbergasted gasp goodness
gosh impossible impossibly incredible incredibly incredulous jolt marvel miracle miraculous peculiar remarkable
remarkably shock shocked shocking speechless stagger staggered startle startled startling strange strangely stun
stunned stunning sudden suddenly surprise surprised surprising surprisingly unannounced unbelievable unbelievably
unexpected unexpectedly unforeseen unheard unimaginable unlikely unusual weird whoa wonder wow
"""

SADNESS = """
abandon abandoned ache alas alone anguish ashamed bereaved bitter bitterness bleak broken brokenhearted condolence
cried cries cry crying dead death defeat defeated deject dejected depress depressed depressing depression despair
desperate despondent die died disappoint disappointed disappointing disappointment dismal distress dying failure
farewell forlorn fruitless funeral gloom gloomy goodbye grave grief grieve grieving grim guilt guilty heartache
heartbreak heartbroken helpless homesick hopeless hurt inconsolable lament loneliness lonely lonesome lose loss lost
melancholy miserable misery misfortune miss mourn mourning neglect numb pain painful pity regret regretful remorse sad
sadden sadly sadness shame sigh sob solemn somber sombre sorrow sorrowful sorry suffer suffering tear tearful tears
tragedy tragic unhappy unwanted weep wept widow widower withdrawn woe worthless wound wreck wretched
"""

DISGUST = """
abhor abhorrent abominable appal appalled appalling atrocious awful bile contempt contemptible corrupt crude decay
degenerate depraved despicable despise detest dirt dirty disdain disgrace disgraceful disgust disgusted disgusting
distaste distasteful drool excrement feces filth filthy foul garbage gross grotesque gruesome hideous horrid indecent
infect infested loathe loathing loathsome lousy maggot mould mouldy muck nasty nausea nauseate nauseating nauseous
obnoxious obscene odious offensive perverse perverted pest phlegm puke pus putrid rancid reek repel repellent
repugnant repulse repulsed repulsion repulsive revolt revolting rot rotten scorn scum sewage shameful sick sicken
sickening sleazy slime slimy smelly snot spit stench stink stinking swine tasteless ugly unclean vermin vile vomit
vulgar yuck
"""

ANGER = """
abuse accuse aggravate aggression aggressive anger angrily angry annoy annoyance annoyed annoying argue attack bastard
betray betrayal betrayed blame brutal burst clash cruel cruelty curse damn damned defiance defiant despise destroy
enemy enrage enraged exasperate exasperated feud fierce fight fool fought frustrate frustrated frustrating frustration
fume fuming furious furiously fury glare grievance growl grudge grumble harass hate hateful hatred hostile hostility
idiot impatient incensed indignant indignation infuriate infuriated infuriating injustice insolent insult insulted
insulting irate irritable irritate irritated irritating irritation jealous jealousy kill liar mad malice mock mocked
murder nag offend offended outrage outraged outrageous provoke punch punish quarrel rage rebel resent resentful
resentment revenge ruin ruthless scold scoundrel scream seethe shout slam slander slap smash snarl spite spiteful
stupid temper thief threaten traitor tyrant unfair unjust vengeance vengeful vicious villain violence violent wrath
yell
"""

ANTICIPATION = """
adventure aim ambition ambitious anticipate anticipation appetite approach aspiration aspire await curiosity curious
deadline destiny dream eager eagerly eagerness endeavour excite excited excitement expect expectant expectation
explore fate forecast foresee forthcoming forward future goal hope hopeful hopefully hoping hurry imminent impatience
impatient impending intend intent intention intrigue intrigued invitation invite journey keen longing mystery
opportunity patience plan plot predict prediction preparation prepare prepared prospect pursue quest readiness ready
rehearse scheme search seek soon suspense thrill tomorrow tonight treasure upcoming venture wait watchful wish wonder
yearn yearning
"""
