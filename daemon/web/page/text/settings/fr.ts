/** The settings in French. */
import type { SettingsTexts } from './en.ts';

export const fr: SettingsTexts = {
  sectionQuality: 'Qualité d’image',
  sectionGuests: 'Public',
  sectionUplink: 'Liaisons et destination',
  sectionModems: 'Modems et cartes SIM',
  sectionRecordings: 'Enregistrements et extraits',
  sectionShop: 'Boutique',
  sectionSignIn: 'Connexion',
  sectionMqtt: 'MQTT et métriques',
  sectionFleet: 'Flotte : des box au même drop',
  sectionPower: 'Batterie et alimentation',
  sectionPanel: 'Boutons et voyants',
  sectionEdge: 'Direct d’une autre box',
  sectionOther: 'Autres',

  needNothing: 'tout de suite',
  needMqtt: 'se reconnecte au broker',
  needMetrics: 'relance les métriques',
  needAnnounce: 'annonce de nouveau la box',
  needModems: 'relit les réglages des modems',
  needPrinter: 'se reconnecte à l’imprimante',
  needCamera: 'l’image de la caméra manque quelques secondes',
  needSound: 'le son manque quelques secondes',
  needPanel: 'se reconnecte aux boutons, aux voyants et à la batterie',
  needPage: 'rouvre cette page',
  needWebhook: 'rouvre la voie des commandes de la boutique en ligne',
  needBetween: 'dès le prochain drop',
  needMedia: 'relance la page des invités',
  needNetwork: 'rouvre ces réseaux',
  needRestart: 'redémarre la box',

  pageMoved: 'Cette page est maintenant à l’adresse {address}.',
  close: 'Retour',
  loading: 'Chargement des réglages…',
  locked: 'Défini dans le fichier de configuration de la box : changez-le là.',
  yes: 'oui',
  no: 'non',
  none: 'rien',
  isSet: 'défini',
  changedSecret: 'un nouveau',
  notSet: 'non défini',
  setNew: 'Entrez-en un nouveau',
  whose: 'Interface, port ou IMEI du modem, ou any',
  add: 'Ajouter',
  use: 'Utilisé',
  usual: 'Par défaut',
  unchanged: 'Rien n’est changé.',
  changes: '{count} {count:changement|changements}',
  review: 'Vérifier',
  discard: 'Abandonner',
  reviewTitle: 'Appliquer ces changements ?',
  apply: 'Appliquer',
  restarts:
    'La box redémarre : cette page revient d’elle-même en quelques secondes. Reconnectez-vous alors.',
  restartByHand: 'Ils prendront effet au prochain démarrage de la box.',
  restarting: 'Enregistré. La box redémarre…',
  savedForLater: 'Enregistré. Redémarrez la box pour appliquer le reste.',
  pending: 'Enregistré, effectif au prochain démarrage : {names}.',
  conflict:
    'Quelqu’un d’autre a changé les réglages entre-temps. Les vôtres sont toujours là : vérifiez-les de nouveau.',
  conflictSame: 'Vous avez tous deux changé {names} : vos valeurs remplaceraient les siennes.',
  pendingDrop: 'Enregistré, effectif une minute après le drop : {names}.',
  afterDrop: 'Un drop est en cours. Effectif une minute après sa fin : {names}.',
  wrong: '{count} {count:valeur est fausse|valeurs sont fausses} : voir plus bas.',
  versions: 'Réglages précédents',
  noVersions: 'Aucun pour l’instant : chaque changement appliqué peut être repris ici.',
  goBack: 'Revenir à ceux-ci',
  testPrint: 'Imprimer un ticket',
  testBroker: 'Envoyer un message d’essai',
  testPreview: 'Aperçu',
  testListen: 'Écouter',
  choosePlugged: 'Choisir parmi ce qui est branché',
  testUplink: 'Tester la liaison montante',
  linkWhole: '{id} porte seule tout le flux ({mbps} Mb/s).',
  linkPart: '{id} porte seule {mbps} sur {wanted} Mb/s.',
  linkDown: '{id} est coupée : {reason}.',
  linkSpared: '{id} a été laissée de côté : il lui reste peu de données ce mois-ci.',
  linkUntried: '{id} est active ; elle n’a pas été essayée seule.',
  receiverAnswers: 'Le récepteur répond et reçoit {mbps} Mb/s.',
  receiverSilent: 'Le récepteur ne répond pas : {reason}.',
  testing: 'En cours…',
  sectionReady: 'Avant le drop',

  certificate: 'Certificat pour HTTPS',
  certificateFacts:
    'Pour {names}, valable jusqu’au {date}. Émis par {issuer}. Sous toute autre adresse, les navigateurs avertissent.',
  certificateNoChain:
    'Le certificat de son émetteur n’y est pas. Si des téléphones le refusent, choisissez le fichier avec la chaîne complète (souvent fullchain.pem).',
  certificateGuests:
    'Pour que le public l’utilise, entrez {address} comme son adresse, sous « Public ».',
  certificateHint:
    'Choisissez ensemble le certificat avec sa chaîne et la clé, en fichiers PEM. Cette page s’ouvre ensuite à nouveau et demande le PIN.',
  certificateOpen:
    'Cette page n’a pas encore HTTPS : d’autres sur le même réseau pourraient lire la clé en route. Envoyez-la par câble ou par le Wi-Fi de la box.',
  certificateChoose: 'Choisir certificat et clé',
  certificateSwitchTitle: 'Passer à HTTPS ?',
  certificateSwitchDetail:
    'Cette page passe à une adresse en https, et tout le monde se connecte à nouveau. Les pages du public en ont une aussi, et leur image s’arrête un instant. Ce qui envoie à l’ancienne adresse de cette page a besoin de la nouvelle : caméras comme OBS, boutique, liens enregistrés.',
  certificateSwitch: 'Passer à HTTPS',
  certificateRemove: 'Retirer le certificat',
  certificateRemoveTitle: 'Retirer le certificat ?',
  certificateRemoveDetail:
    'La box efface la clé. Les pages qui l’utilisaient n’ont alors plus HTTPS, et leurs liens en https ne s’ouvrent plus.',
  certificateNone:
    'Ces fichiers n’ont pas de certificat. Ils doivent être en PEM : du texte avec une ligne « BEGIN CERTIFICATE », 64 ko au plus.',
  certificateNoKey: 'Ces fichiers n’ont pas de clé. Choisissez ensemble le certificat et la clé.',
  certificateEncrypted:
    'La clé est protégée par un mot de passe, que la box ne peut pas entrer au démarrage. Enregistrez-la sans (openssl pkey -in key.pem -out open.pem) et choisissez ce fichier.',
  certificateKeyKind: 'Les navigateurs ne connaissent pas ce type de clé : il faut RSA ou ECDSA.',
  certificateKeyOther: 'La clé est celle d’un autre certificat.',
  certificateDamaged:
    'Une partie de ces fichiers est abîmée. Récupérez-les à nouveau et choisissez ceux-là.',
  certificateStray:
    'Un certificat de ces fichiers n’est pas de la chaîne, ou il en manque un entre deux.',
  certificateExpired: 'Un certificat de ces fichiers a expiré : demandez-en un nouveau.',
  certificateTooEarly:
    'Un certificat de ces fichiers n’est pas encore valable : utilisez-le dès son premier jour.',
  certificateNoNames:
    'Le certificat ne nomme aucune adresse (subjectAltName) : les navigateurs le refusent.',
  certificateWeak:
    'Sa clé est trop courte ou sa signature trop ancienne : les navigateurs le refusent.',
  certificateInDrop:
    'Un drop est en cours. Envoyez-le après sa fin : cette page changerait d’adresse, et tout le monde devrait se connecter à nouveau.',
  certificateInUse: 'Le public est servi avec jusqu’à la fin du drop : retirez-le ensuite.',
  certificateNotSaved:
    'La box ne l’a pas enregistré : son disque est plein ou protégé, ou quelqu’un d’autre changeait les réglages.',
};
