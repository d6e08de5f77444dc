"""A small glossary of survey words in English, French, Russian and Mongolian.

It lets a draft see that two labels in different languages speak of the same thing. It holds what surveys
of many countries ask about, not the words of any one survey, and it never decides: what it finds is
proposed, and someone accepts it.

An entry is a concept and its stems. A stem that ends in ``*`` stands for every word that begins so; one
of several words is looked for before single words. Accents, case and ``ё`` do not matter.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def concept_set(names: str) -> frozenset[str]:
    """Concepts as labels hold them, from their names apart by spaces.

    Examples
    --------
    >>> sorted(concept_set("very not"))
    [':not', ':very']
    """
    return frozenset(f":{name}" for name in names.split())


CONCEPTS: dict[str, str] = {
    # attitudes and actions
    "trust": "trust* confidence confiance довер* итгэ*",
    "satisfied": "satisf* content contente удовлетвор* доволен довольн* ханамж*",
    "agree": "agree* accord согласен согласн* зөвш*",
    "support": "support* soutien soutenir approu* approv* поддерж* одобр* дэмж*",
    "important": "importan* важн* чухал*",
    "difficult": "difficult* difficile* difficulte* hard трудн* сложн* хэцүү* хүндрэл* бэрхшээл*",
    "easy": "easy ease facile* легк* амархан* хялбар*",
    "obtain": "obtain* obtenir obtention get getting receive* recevoir recu acquerir acquis "
    "получ* авах авсан",
    "contact": "contact* eu_affaire обращ* контакт* хандсан хандах",
    "try": "tried try tries essay* request* de_recours demande* demander пыта* просил* оролдсон хүссэн",
    "bribe": "bribe* gift* favor favour pot_de_vin pots_de_vin cadeau* faveur* "
    "взятк* подар* авлига хахууль бэлэг",
    "pay": "pay pays paid paying payer paye fait faire donner плати* заплат* төлөх төлсөн",
    "corruption": "corrupt* корруп* авлигал*",
    "avoid": "avoid* eviter избеж* зайлсхий*",
    "help": "help* assistance aide aider помощ* помог* тусламж* туслах*",
    "vote": "vote voted voting vote* scrutin suffrage голос* санал",
    "election": "election* electoral* elections выбор* избират* сонгууль* сонгуул*",
    "elected": "elected elu elus eleu избран* сонгогдсон",
    "participate": "particip* attend* join* assister участ* оролцо*",
    "listen": "listen* ecout* слуша* сонсох",
    "discuss": "discuss* discut* обсужд* ярилц*",
    "perform": "perform* performance* gestion gere* gerer handling handle manag* управл* "
    "деятельност* ажиллагаа*",
    "problem": "problem* probleme* проблем* асуудал*",
    "compare": "compar* par_rapport сравн* харьцуул*",
    "improve": "improv* ameliorat* amelior* улучш* сайжр*",
    "reduce": "reduc* reduct* narrow* сокращ* бууруул*",
    "create": "creat* creer созда* бий_болгох",
    "protect": "protect* protec* protege* защит* хамгаал*",
    "fear": "fear* craindre crainte craign* craint intimid* боя* страх* айдас айх",
    "free": "free libre* freedom* libert* свобод* чөлөөт* эрх_чөлөө",
    "threat": "threat* menace* menac* угроз* аюул*",
    "respect": "respect* уваж* хүндэт*",
    "influence": "influenc* влия* нөлөө*",
    "own": "own owns possede* possed* владе* эзэмш*",
    "know": "know knows knowledge sait savoir знать знает мэдэх",
    "hear": "heard hear entendu entendre слыш* сонссон",
    "responsible": "responsib* responsab* ответствен* хариуцлага* хариуцах",
    "reject": "reject* rejet* rejette disapprov* desapprouv* отверг* татгалз*",
    "interested": "interest* interess* интерес* сонирх*",
    "honest": "honest* honnete* честн* шударга*",
    "lack": "without manque* gone_without нехват* дутагд*",
    # institutions and people
    "president": "president* presidenc* президент* ерөнхийлөгч*",
    "prime_minister": "prime_minister premier_ministre премьер* ерөнхий_сайд*",
    "government": "government* gouvernement* govt правительств* засгийн_газ* засгийн",
    "parliament": "parliament* parlement* national_assembly assemblee_nationale assemblee assembly "
    "парламент* великий_хурал улсын_их_хур* их_хур* уих",
    "deputy": "mp mps member_of_parliament members_of_parliament depute* deputy депутат* гишүүн*",
    "council": "council* conseil* councillor* conseiller* совет* зөвлөл*",
    "local": "local* locaux municip* commun* mairie местн* орон_нутгийн орон_нутаг*",
    "commission": "commission* комисс* хороо",
    "party": "party parties parti partis parti* партия партии партий партию нам намын намууд*",
    "ruling": "ruling power pouvoir правящ* эрх_барьж* эрх_баригч*",
    "opposition": "opposition* оппозиц* сөрөг_хүчин сөрөг",
    "police": "police policier* gendarm* полиц* милиц* цагдаа*",
    "army": "army armed_forces armee* forces_armees forces_de_defense military militaire* defence_forces "
    "defense_forces арми* вооруженн* арми цэрэг* зэвсэгт*",
    "court": "court courts courts_of_law cour cours tribunal* tribunaux cours_et_tribunaux judge* juge* суд "
    "суды судам суде* шүүх* шүүгч*",
    "tax": "tax taxes impot* fiscal* revenue налог* татвар*",
    "traditional": "traditional* traditionnel* традиц* уламжлалт*",
    "religion": "religio* religieu* религ* шашин* шашны",
    "leader": "leader* chief* chef chefs dirigeant* лидер* вожд* руковод* удирдагч* тэргүүн*",
    "media": "media medias сми хэвлэл*",
    "radio": "radio* радио",
    "television": "television* tv телевид* телевиз*",
    "newspaper": "newspaper* newspapers presse journal journaux presse_ecrite газет* сонин",
    "internet": "internet интернет*",
    "social_media": "social_media medias_sociaux reseaux_sociaux социальн*_сет* сошиал*",
    "news": "news information* informations новост* мэдээ*",
    "neighbour": "neighbour* neighbor* voisin* сосед* хөрш*",
    "relative": "relative* relatives proche* родствен* хамаатан*",
    "citizen": "citizen* citoyen* граждан* иргэн*",
    "woman": "woman women femme* женщин* эмэгтэй*",
    "man": "man men homme hommes мужчин* эрэгтэй*",
    "child": "child children enfant* дети детей ребен* хүүхэд*",
    "teacher": "teacher* enseignant* учител* багш*",
    "respondent": "respondent* repondant* респондент* оролцогч* таны",
    "interviewer": "interviewer* enqueteur* интервьюер* судлаач*",
    "interview": "interview* entretien* интервью ярилцлага*",
    "official": "official* officiel* officiels agents_publics fonctionnaire* чиновник* албан_хаагч* түшмэл*",
    "other_person": "others autres других бусад",
    # services and things
    "school": "school* ecole* школ* сургууль*",
    "medical": "medical* medicaux medicale* clinic* clinique* hospital* hopital* hopitaux health sante soins "
    "больниц* поликлин* медицин* эмнэлэг* эмнэлг* эрүүл_мэнд*",
    "treatment": "treatment traitement care attention лечени* эмчилгээ*",
    "document": "document* permit* papers паспорт* документ* бичиг_баримт* баримт*",
    "identity": "identit* identification удостовер* личност* үнэмлэх*",
    "service": "service* услуг* үйлчилгээ*",
    "household": "household* menage* домохоз* өрх*",
    "water": "water eau вод* ус усны",
    "sanitation": "sanitation assainissement toilet* latrine* санит* канализ*",
    "electricity": "electric* электрич* цахилгаан*",
    "road": "road* route* дорог* зам замын",
    "food": "food nourriture alimentation еда пищ* хоол* хүнс*",
    "cash": "cash_income revenus_en_especes cash especes наличн* бэлэн_мөнгө*",
    "income": "income* revenu revenus доход* орлого*",
    "fuel": "fuel combustible* топлив* түлш*",
    "job": "job jobs employ* emploi* work occupation* travail работ* занятост* ажил* эрхэлж*",
    "price": "price* prix цен* үнэ",
    "economy": "econom* economi* эконом* эдийн_засаг*",
    "condition": "condition* услови* нөхцөл*",
    "living": "living vie жизн* амьдрал*",
    "poor": "poor pauvre* бедн* ядуу*",
    "rich": "rich riche* богат* баян",
    "gap": "gap gaps fosse разрыв* ялгаа",
    "crime": "crime* crimin* преступ* гэмт*",
    "violence": "violen* насил* хүчирх*",
    "security": "secur* safe safety surete безопасн* аюулгүй*",
    "democracy": "democra* демократ* ардчил*",
    "country": "country pays стран* улс орон",
    "law": "law laws loi lois закон* хууль*",
    "right": "right rights droit droits права хэрх эрх",
    "extent": "extent niveau level degre уровень уровн* түвшин*",
    "frequency": "how_often frequence a_quelle_frequence как_часто хэр_олон",
    "environment": "environment* environnement* экологи* байгаль*",
    "climate": "climat* климат* уур_амьсгал*",
    "pollution": "pollut* загрязн* бохирд*",
    "car": "car vehicle voiture* moto* motor_vehicle автомоб* машин*",
    "phone": "phone* telephone* mobile_phone telephone_portable телефон* утас*",
    "computer": "computer* ordinateur* компьют* компьютер",
    "bank_account": "bank_account compte_bancaire банковск* данс*",
    "neighbourhood": "neighborhood* neighbourhood* quartier район* хороолол*",
    "community": "communit* communaut* община* нутгийн_иргэд",
    "meeting": "meeting* reunion* собран* хурал",
    "protest": "protest* demonstrat* manifestation* протест* жагсаал*",
    "past": "past ago il_y_a passe прошл* өнгөрсөн",
    "future": "future futur venir a_venir будущ* ирээдүй*",
    "present": "present current actuel* actuelle* нынешн* одоогийн",
    "main": "main principal* principale главн* основн* гол",
    "most": "most la_plus le_plus les_plus наиболее самый хамгийн",
    "first": "first premier* premiere* 1st перв* нэгдүгээр* эхний",
    "second": "second* deuxieme* 2nd втор* хоёрдугаар*",
    "third": "third troisieme* 3rd трет* гуравдугаар*",
    # facts about respondents
    "age": "age ages возраст* нас насны",
    "sex": "sex sexe gender genre пол пола хүйс*",
    "education": "education* instruction educ* образован* боловсрол*",
    "language": "language* langue* язык* хэл",
    "ethnic": "ethni* tribe* tribu этнич* национальност* үндэстэн* ястан*",
    "region": "region* province* district* gouvernorat* регион* област* аймаг* бүс*",
    "urban": "urban urbain* город* хот",
    "rural": "rural* rurale село сельск* хөдөө",
    "date": "date даты дата огноо",
    "weight": "weight* weighting ponderation вес веса взвеш* жин жингийн",
    "marital": "marital matrimonial* семейн* гэрлэлт*",
    "name": "name noms прозв* нэр",
    "time": "time heure время цаг",
    # answers
    "yes": "yes oui да тийм",
    "no": "no non нет үгүй",
    "very": "very tres очень маш",
    "not": "not pas не биш гүй",
    "at_all": "at_all du_tout совсем вообще огт",
    "little": "little bit peu un_peu juste_un_peu немного мало бага",
    "somewhat": "somewhat quelque_peu partiellement fairly rather plutot assez отчасти скорее зарим",
    "lot": "lot beaucoup much много сильно их",
    "never": "never jamais никогда хэзээ",
    "once": "once une_ou_deux_fois once_or_twice one_or_two_times нэг_хоёр",
    "few_times": "few_times quelques_fois a_few_times several_times parfois sometimes иногда заримдаа",
    "often": "often souvent часто ихэвчлэн",
    "always": "always toujours всегда байнга үргэлж",
    "good": "good bien bon bonne хорошо хорош* сайн",
    "bad": "bad badly mal mauvais* плохо плох* муу",
    "better": "better meilleur* mieux лучше дээр",
    "worse": "worse pire* pires хуже дор",
    "same": "same meme memes одинаков* ижил адил",
    "more": "more plus больше илүү",
    "less": "less moins fewer меньше багасах",
    "none": "none aucun* никто алга",
    "some": "some certains quelques некоторые зарим_нь",
    "all": "all tous toutes все бүгд бүх",
    "strongly": "strongly fortement tout_a_fait completely totally полностью категорически бүрэн",
    "neither": "neither ni ни аль_нь_ч",
    "male": "male masculin мужской эр",
    "female": "female feminin женский эм",
    "other": "other autre другое другой өөр",
    "primary": "primary primaire начальн* бага_анги бага_боловсрол",
    "secondary": "secondary secondaire средн* дунд",
    "university": "universit* университет* высш* их_сургууль дээд",
    "completed": "completed complete acheve* termine* законч* төгссөн",
    "formal": "formal formel* формальн*",
    "informal": "informal informel* неформальн*",
}
"""Concept -> its stems, apart by spaces; ``_`` joins the words of a phrase."""

RIVALS: tuple[frozenset[str], ...] = tuple(
    concept_set(group)
    for group in (
        "president prime_minister government parliament deputy council commission opposition ruling police "
        "army court tax traditional religion media neighbour relative teacher",
        "first second third",
        "past future present",
        "radio television newspaper internet social_media",
        "woman man child",
        "respondent interviewer",
        "food water medical fuel cash electricity school document",
        "improve reduce create",
    )
)
"""Concepts of which two labels that are the same question cannot each have their own."""

ASKING = concept_set("bribe pay difficult easy obtain contact try avoid")
"""Concepts that say what is asked of a service, not which service it is."""

STOP_WORDS = _words(
    """a an and are as at be by de des do does du en et for from how if in into is it its la le les leur lors
    of on or ou par pour que qui sa se ses si son sont sur that the their they this to un une vers votre vos
    vous just juste was were what which who with you your envers afin est aux au ne you've d l s n qu c j y i
    в во и на по с у к о об от из за для ли вы вас ваш ваша ваши как что насколько или это бы
    та танд таны хэр вэ уу юу ямар нь ба болон тухай өөрийн"""
)
"""Words that tell nothing about what a label is of."""

HINTS: dict[str, frozenset[str]] = {
    "en": _words("the of and to for in is not don't how your you with or don never often very"),
    "fr": _words("le la les de du des et pour en est pas votre vous ou avec aux une un tres ne"),
    "ru": _words("и в на не по с как или вы для ли нет да очень что"),
    "mn": _words("та нь вэ ба болон үгүй тийм хэр маш энэ байна мэдэхгүй бол"),
}
"""Small words by which the language of labels is known."""

MISSING_PHRASES: dict[str, tuple[str, ...]] = {
    "dont_know": (
        # Not with any words behind: "I don't know English" and "don't know how to report it" are answers.
        r"(i )?(do not|don t|dont|doesn t|does not) know"
        r"( (or|and|enough|yet|no|not|never|haven t|refused)( .*)?)?",
        r"dk",
        r"(can t|cannot|can not|couldn t) (say|determine|choose|tell|remember)( .*)?",
        r"(not sure|uncertain|undecided|hard to say|difficult to say|no opinion|haven t heard.*)",
        r"(je )?ne (sait|sais|savez|savent) pas( (ou|et|assez|encore|non|jamais|n en|refuse)( .*)?)?",
        r"nsp",
        r"ne (peut|peux|peuvent) (pas )?(determiner|dire|choisir)( .*)?",
        r"(sans|pas d) (opinion|avis)",
        r"(я )?не знаю",
        r"затрудня(юсь|ется)( с ответом| ответить)?",
        r"трудно (сказать|ответить)",
        r"(сайн )?мэдэхгүй( байна)?",
        r"хэлж мэдэхгүй( байна)?",
        r"(хариулж чадахгүй|хэлэхэд хэцүү)( байна)?",
    ),
    "refused": (
        r"refus(ed|al|e|es|er)?( to answer| de repondre| to say)?",
        r"(a|ont) refuse( de repondre)?",
        r"(prefer|would rather) not (to )?(say|answer)",
        r"rf|ref",
        r"отказ(ался|алась|ываюсь|ался от ответа)?( отвечать| от ответа)?",
        r"(хариулахаас )?татгалз(сан|ав|ана)",
        r"хариулахыг хүсэхгүй( байна)?",
    ),
    "no_answer": (
        r"missing( data| value| answer)?|valeur manquante|donnees? manquantes?|manquante?s?",
        r"no (answer|response|reply|data)|not (stated|answered|available|ascertained)",
        r"na|nr|sans reponse|(pas de|aucune) reponse|non reponse|non declare",
        r"нет ответа|без ответа|не ответил(а)?|пропуск|нет данных",
        r"хариулаагүй|хариултгүй|хариулт ?(байхгүй|алга)|алга болсон|дутуу",
    ),
    "not_applicable": (
        r"not applicable|n a|inapplicable|inap|does not apply",
        r"no (contact|experience)( .*)?|never (try|tried)( .*)?",
        r"(aucun|pas de|pas d) (contact|experience)( .*)?",
        r"non applicable|sans objet|(pas|non) concerne",
        r"не применимо|неприменимо|не относится|не обращал(ся|ась|ись)( .*)?|нет опыта",
        r"хамаарахгүй|хамааралгүй|холбогдолгүй|хандаж байгаагүй|хандаагүй",
    ),
    "not_asked": (
        r"not asked( .*)?|question not asked( .*)?|non (demande|pose)e?s?( .*)?|pas (demande|pose)e?( .*)?",
        r"не задавал(ся|ось|и)( .*)?|не спрашивал(и|ось)( .*)?",
        r"асуугаагүй( .*)?",
    ),
}
"""Missing reason -> patterns of a whole label, without accents and punctuation."""
