/** Words about backends and dm-crypt's flags in Spanish. */
export const SPANISH_BACKEND = {
  'backend.title': 'Backend',
  'backend.field': 'Montar con',
  'backend.fieldText': 'Vale a partir del próximo desbloqueo.',
  'backend.asSettings': 'Como en los ajustes: {backend}',
  'backend.asVault': 'Como prefiere esta bóveda: {backend}',
  'backend.auto': 'Automático: el núcleo donde no pida nada',
  'backend.udisks': 'Núcleo (dm-crypt) mediante udisks2',
  'backend.dmcrypt': 'Núcleo (dm-crypt) mediante el auxiliar de Lockline',
  'backend.fuse': 'Motor de Lockline (FUSE)',
  'backend.nbd': 'Bloques por NBD',
  'backend.inForce': 'Montada con: {backend}',
  'backend.locked': 'Bloqueada: no hay nada en vigor.',
  'backend.settingsText':
    'El motor propio de Lockline no necesita permisos. El núcleo es más rápido; su motor tiene indicadores en lugar de inline y multihilo.',
  'kernel.flags': 'Indicadores del núcleo',
  'kernel.flagsText':
    'Dónde se ejecuta el cifrado del núcleo. Los dos indicadores inline juntos eliminan sus colas de lectura y escritura.',
  'kernel.inForce': 'En vigor: {flags}; {cipher} en {device}',
  'kernel.noFlags': 'sin indicadores',
  'kernel.cipherUnknown': 'el cifrado de la cabecera',
  'kernel.own': 'Indicadores propios',
  'kernel.ownText': 'Si no, valen los que guarda la cabecera de la bóveda.',
  'kernel.fromHeader':
    'udisks2 toma los indicadores de la cabecera: fíjelos con lockline dmcrypt flags.',
  'kernel.void': 'Este núcleo no conoce {flags}',
  'kernel.advice': 'Qué conviene a este equipo',
  'kernel.advised': 'Recomendado: {flags}',
  'kernel.useAdvice': 'Usar los indicadores recomendados',
  'flag.no_read_workqueue': 'Lecturas inline',
  'flag.no_read_workqueueText':
    'Las lecturas se descifran donde terminan, sin cola. Linux 5.9 y posteriores.',
  'flag.no_write_workqueue': 'Escrituras inline',
  'flag.no_write_workqueueText':
    'Las escrituras se cifran en el hilo que las envía, sin cola ni ordenación. Linux 5.9 y posteriores.',
  'flag.same_cpu_crypt': 'Seguir en el procesador que envía',
  'flag.same_cpu_cryptText':
    'Las solicitudes en cola siguen en el procesador que las envió, en vez de pasar a cualquiera libre. Linux 4.0 y posteriores.',
  'flag.submit_from_crypt_cpus': 'Escrituras sin el hilo de ordenación',
  'flag.submit_from_crypt_cpusText':
    'Las escrituras salen desde donde se cifraron, no por el único hilo de ordenación. Linux 4.0 y posteriores.',
  'flag.high_priority': 'Prioridad alta',
  'flag.high_priorityText':
    'Los hilos de cifrado van antes que otros programas: más rendimiento, un escritorio menos ágil. Linux 6.10 y posteriores.',
  'flag.allow_discards': 'Devolver el espacio liberado',
  'flag.allow_discardsText':
    'Quien vea el contenedor verá entonces qué partes están en uso. Linux 3.1 y posteriores.',
  'flagWarning.kernel-too-old': 'Este núcleo no lo conoce.',
  'flagWarning.void-in-hard-interrupts':
    'Sin efecto en este núcleo con unidades que terminan en interrupciones de hardware.',
  'flagWarning.pointless-beside': 'Sin efecto junto a las escrituras inline.',
  'flagWarning.queues-unused': 'Afecta a las colas, que los dos indicadores inline evitan.',
  'flagWarning.leaks-usage': 'Revela cuánto de la bóveda está en uso.',
  'flagWarning.hurts-desktop': 'Otros programas reciben menos procesador.',
  'advice.kernel-has-none':
    'Este núcleo no tiene dm-crypt: los indicadores solo cuentan en otros equipos.',
  'advice.kernel-too-old': 'Este núcleo no tiene indicadores inline: requieren Linux 5.9.',
  'advice.disk-rotational':
    'El disco es giratorio: ordenar las escrituras y cifrar con todos los procesadores compensa las colas.',
  'advice.disk-zoned':
    'El disco es por zonas: el núcleo ya escribe inline por sí mismo, y las lecturas ganan con las colas.',
  'advice.cipher-slow': 'Aquí nada acelera el cifrado: conviene repartirlo entre los procesadores.',
  'advice.read-flag-doubtful':
    'Las lecturas inline no tienen efecto en este núcleo con muchas unidades, así que solo las escrituras son inline.',
  'advice.loop-over-file':
    'La bóveda es un archivo: su sistema de archivos ya usa una cola, y una segunda cuesta tiempo.',
  'advice.disk-quick':
    'Nada gira en el disco: pasar cada petición a otro hilo cuesta más de lo que ahorra.',
  'advice.streams-differ':
    'Con pocos flujos grandes, las colas pueden ser más rápidas aun así: una medición lo dirá.',
  'advice.sector-small':
    'Sectores de cifrado pequeños: una bóveda con sectores de 4096 bytes gana más que con cualquier indicador.',
  'advice.disk-unknown': 'No se conoce el disco de debajo: nada lo desaconseja.',
} as const;
